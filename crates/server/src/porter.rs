//! Who looks at each request first: a webhook goes straight to the inbox, everyone else asks the router for their way.
//!
//! The router would find the inbox as well, and does where an address needs to be looked at twice. But most of what comes
//! are webhooks, and finding the way takes a good part of the time that reading one does.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, TRANSFER_ENCODING};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use tower_service::Service;

use crate::arriving::{Arriving, ArrivingRoom, ConnectionRoom};
use crate::hub::Hub;
use crate::inbox::{self, Address};

pub(crate) struct Porter {
    hub: Arc<Hub>,
    routes: Router,
    room: ArrivingRoom,
}

impl Porter {
    pub(crate) fn new(hub: Arc<Hub>, routes: Router, room: ArrivingRoom) -> Arc<Self> {
        Arc::new(Self { hub, routes, room })
    }

    /// The room for what arrives on one more connection.
    pub(crate) fn room(&self) -> Arc<ConnectionRoom> {
        self.room.of_connection()
    }

    /// Answers one request, that came on the connection with this room.
    pub(crate) async fn answer(
        self: Arc<Self>,
        room: Arc<ConnectionRoom>,
        request: hyper::Request<Incoming>,
    ) -> Result<Response, Infallible> {
        let is_in_chunks = request.headers().contains_key(TRANSFER_ENCODING);
        let request: Request = request.map(|body| Body::new(Arriving::new(body, room)));
        let mut response = match Address::of(&request) {
            Some(address) => inbox::take(&self.hub, address, request).await.into_response(),
            None => self.routes.clone().call(request).await?,
        };
        if is_in_chunks {
            // One that gives a length as well was perhaps cut elsewhere by whoever passed it on, and what follows is not a
            // request then (RFC 9112, 6.1). That it gave one can no longer be seen here.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}
