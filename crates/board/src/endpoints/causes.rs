//! Why an endpoint's last deliveries were given up: the same cause is said once.

use futures_util::future::try_join_all;
use serde::Deserialize;

use super::health::cause;
use crate::api::{Api, Fault, List};
use crate::listing::encoded;

/// So many of the last ones are looked at.
pub(super) const LOOKED_AT: usize = 20;

/// A cause, how many deliveries were given up for it, and the newest of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) says: String,
    pub(super) count: usize,
    pub(super) delivery: String,
}

#[derive(Deserialize)]
struct GivenUp {
    id: String,
}

#[derive(Deserialize)]
struct Attempt {
    status: Option<u16>,
    error: Option<String>,
}

/// The causes, that of most deliveries first.
pub(super) async fn of(api: &Api, endpoint: &str) -> Result<Vec<Cause>, Fault> {
    let path = format!("/v1/deliveries?endpoint={}&state=failed&limit={LOOKED_AT}", encoded(endpoint));
    let list: List<GivenUp> = api.get(&path).await?;
    let said = try_join_all(list.items.into_iter().map(|delivery| last_word(api, delivery.id))).await?;
    Ok(together(said.into_iter().flatten().collect()))
}

/// Why the last attempt at a delivery did not go well; nothing if it has been let go meanwhile, for its age.
async fn last_word(api: &Api, delivery: String) -> Result<Option<(String, String)>, Fault> {
    let path = format!("/v1/deliveries/{}/attempts", encoded(&delivery));
    let attempts: List<Attempt> = match api.get(&path).await {
        Err(fault) if fault.is_not_found() => return Ok(None),
        attempts => attempts?,
    };
    let says = attempts.items.last().map(|last| cause(last.status, last.error.as_deref()));
    Ok(Some((says.unwrap_or_else(|| "no attempt is on record".to_owned()), delivery)))
}

fn together(said: Vec<(String, String)>) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for (says, delivery) in said {
        match causes.iter_mut().find(|cause| cause.says == says) {
            Some(cause) => cause.count += 1,
            None => causes.push(Cause { says, count: 1, delivery }),
        }
    }
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_most_often_comes_first_and_leads_to_the_newest() {
        let said = [("answered 500", "dlv_4"), ("no route", "dlv_3"), ("no route", "dlv_2")];
        let causes = together(said.map(|(says, id)| (says.to_owned(), id.to_owned())).to_vec());
        let seen: Vec<_> =
            causes.iter().map(|it| (it.says.as_str(), it.count, it.delivery.as_str())).collect();
        assert_eq!(seen, [("no route", 2, "dlv_3"), ("answered 500", 1, "dlv_4")]);
    }
}
