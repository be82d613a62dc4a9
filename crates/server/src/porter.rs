//! Who looks at each request first: a webhook goes straight to the inbox, everyone else asks the router for their way.
//!
//! The router would find the inbox as well, and does where an address needs to be looked at twice. But most of what comes
//! are webhooks, and finding the way takes a good part of the time that reading one does.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tower_service::Service;

use crate::hub::Hub;
use crate::inbox::{self, Address};

pub(crate) struct Porter {
    hub: Arc<Hub>,
    routes: Router,
}

impl Porter {
    pub(crate) fn new(hub: Arc<Hub>, routes: Router) -> Arc<Self> {
        Arc::new(Self { hub, routes })
    }

    /// Answers one request.
    pub(crate) async fn answer(self: Arc<Self>, request: Request) -> Result<Response, Infallible> {
        match Address::of(&request) {
            Some(address) => Ok(inbox::take(&self.hub, address, request).await.into_response()),
            None => self.routes.clone().call(request).await,
        }
    }
}
