//! `/v1`: what can be asked of the hub.

mod about;
pub(crate) mod asking;
pub(crate) mod body;
mod companies;
pub(crate) mod configuring;
mod deliveries;
mod delivery_request;
pub(crate) mod endpoint_form;
mod endpoint_health;
pub(crate) mod endpoints;
mod events;
mod fetch_form;
mod keys;
pub(crate) mod order;
mod preview;
mod receipts;
mod replays;
mod request_view;
mod rotating;
mod search;
mod settings;
mod sources;
pub(crate) mod strict;
mod testing;
pub(crate) mod text;
mod things;
mod translate;
mod translation;
pub(crate) mod view;

pub(crate) use receipts::read_anew;

use std::sync::Arc;

use aide::axum::ApiRouter;

use crate::hub::Hub;
use crate::live;

/// Every door below `/v1`.
pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .merge(things::routes())
        .merge(sources::routes())
        .merge(endpoints::routes())
        .merge(rotating::routes())
        .merge(testing::routes())
        .merge(preview::routes())
        .merge(events::routes())
        .merge(deliveries::routes())
        .merge(delivery_request::routes())
        .merge(receipts::routes())
        .merge(translate::routes())
        .merge(replays::routes())
        .merge(keys::routes())
        .merge(companies::routes())
        .merge(about::routes())
        .merge(settings::routes())
        .merge(search::routes())
        .merge(live::routes())
}
