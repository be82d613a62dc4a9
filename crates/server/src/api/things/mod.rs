//! What the hiring world is made of: jobs, candidates, applications, interviews, and what belongs to them.

use std::sync::Arc;

use aide::axum::ApiRouter;

use crate::hub::Hub;

/// Every door to them, below `/v1`.
pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
}
