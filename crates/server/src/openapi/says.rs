//! What a person reads about an operation.

use aide::transform::TransformOperation;

use super::inputs::refusals;

/// Names an operation: its id (`createJob`), a line about it, and what else there is to know (may be empty).
pub(crate) fn says(
    id: &'static str,
    summary: &'static str,
    description: &'static str,
) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |operation| {
        let operation = operation.id(id).summary(summary);
        if description.is_empty() { operation } else { operation.description(description) }
    }
}

/// Also refused with these statuses, which what the operation takes does not tell.
pub(crate) fn refused_with<'t>(
    mut operation: TransformOperation<'t>,
    statuses: &[u16],
) -> TransformOperation<'t> {
    refusals(operation.inner_mut(), statuses);
    operation
}
