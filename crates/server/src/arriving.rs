//! Bodies while they arrive. Each has a limit, and may take its time; so what has arrived of all of them together has one, too.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{ARRIVING_BYTES, BEGINNING_BYTES};

/// The room for bodies that are not whole yet. Where a few large ones take all of what is for everyone, each connection still
/// has room to begin, and a webhook is hardly ever longer than that.
pub(crate) struct ArrivingRoom {
    rest: Arc<Semaphore>,
}

impl ArrivingRoom {
    pub(crate) fn new() -> Self {
        Self::of(ARRIVING_BYTES)
    }

    /// The same with so many bytes for everyone.
    pub(crate) fn of(rest: usize) -> Self {
        Self { rest: Arc::new(Semaphore::new(rest)) }
    }

    /// The room for what arrives on one more connection.
    pub(crate) fn of_connection(&self) -> Arc<ConnectionRoom> {
        let beginning = Semaphore::new(BEGINNING_BYTES);
        Arc::new(ConnectionRoom { beginning, rest: Arc::clone(&self.rest) })
    }
}

/// The room for what arrives on one connection. Its beginning is its own: whoever sends many bodies at once over it has no more
/// of that than others.
pub(crate) struct ConnectionRoom {
    beginning: Semaphore,
    rest: Arc<Semaphore>,
}

/// There is no room for what has arrived.
#[derive(Debug, thiserror::Error)]
#[error("too much is arriving at once")]
struct NoRoom;

/// Was a body not read to its end because there was no room for it?
pub(crate) fn is_for_want_of_room(error: &(dyn Error + 'static)) -> bool {
    error.is::<NoRoom>() || error.source().is_some_and(is_for_want_of_room)
}

/// A body whose bytes take room from when they arrive until it is dropped, as it is when it has been read.
pub(crate) struct Arriving<B> {
    body: B,
    room: Arc<ConnectionRoom>,
    /// How many bytes it has of the connection's beginning.
    beginning: usize,
    rest: Option<OwnedSemaphorePermit>,
}

impl<B> Arriving<B> {
    pub(crate) fn new(body: B, room: Arc<ConnectionRoom>) -> Self {
        Self { body, room, beginning: 0, rest: None }
    }

    fn take(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let beginning = self.room.beginning.forget_permits(bytes);
        self.beginning += beginning;
        if beginning == bytes {
            return Ok(());
        }
        let rest = u32::try_from(bytes - beginning).map_err(|_| NoRoom)?;
        let more = Arc::clone(&self.room.rest).try_acquire_many_owned(rest).map_err(|_| NoRoom)?;
        match &mut self.rest {
            Some(taken) => taken.merge(more),
            None => self.rest = Some(more),
        }
        Ok(())
    }
}

impl<B> Drop for Arriving<B> {
    fn drop(&mut self) {
        self.room.beginning.add_permits(self.beginning);
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for Arriving<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let arrived = frame.map(|frame| {
            let frame = frame.map_err(Into::into)?;
            self.take(frame.data_ref().map_or(0, Bytes::len))?;
            Ok(frame)
        });
        Poll::Ready(arrived)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};

    use super::*;

    fn body(bytes: usize, room: &Arc<ConnectionRoom>) -> Arriving<Full<Bytes>> {
        Arriving::new(Full::new(Bytes::from(vec![b' '; bytes])), Arc::clone(room))
    }

    /// How many bytes of it arrive, with what takes the room for them.
    async fn arrive(mut body: Arriving<Full<Bytes>>) -> Result<(usize, Arriving<Full<Bytes>>), BoxError> {
        let mut arrived = 0;
        while let Some(frame) = body.frame().await {
            arrived += frame?.data_ref().map_or(0, Bytes::len);
        }
        Ok((arrived, body))
    }

    #[tokio::test]
    async fn large_ones_leave_room_for_small_ones_and_give_theirs_back() {
        let room = ArrivingRoom::of(1_000);
        let connections = [(); 3].map(|()| room.of_connection());
        let large = arrive(body(BEGINNING_BYTES + 600, &connections[0])).await.unwrap();
        assert_eq!(large.0, BEGINNING_BYTES + 600);
        let error = arrive(body(BEGINNING_BYTES + 600, &connections[1])).await.map(|_| ()).unwrap_err();
        assert!(is_for_want_of_room(error.as_ref()), "{error}");

        let small = [1, 2].map(|at| body(BEGINNING_BYTES, &connections[at]));
        for small in small {
            assert!(arrive(small).await.is_ok());
        }

        drop(large);
        assert!(arrive(body(BEGINNING_BYTES + 1_000, &connections[0])).await.is_ok());
    }

    #[tokio::test]
    async fn many_at_once_on_one_connection_have_one_beginning_among_them() {
        // Given a connection on which two bodies stand still that take its beginning, and all that is for everyone
        let room = ArrivingRoom::of(1_000);
        let (one, other) = (room.of_connection(), room.of_connection());
        let first = arrive(body(BEGINNING_BYTES - 1, &one)).await.unwrap();
        let second = arrive(body(1_001, &one)).await.unwrap();

        // When more arrives, then there is room for it on another connection alone
        assert!(arrive(body(1, &one)).await.is_err());
        assert!(arrive(body(BEGINNING_BYTES, &other)).await.is_ok());

        // And when one of them has been read, what it had of the beginning is there for the next
        drop(first);
        assert!(arrive(body(BEGINNING_BYTES - 1, &one)).await.is_ok());
        assert!(arrive(body(BEGINNING_BYTES, &one)).await.is_err());
        drop(second);
        assert!(arrive(body(BEGINNING_BYTES + 1_000, &one)).await.is_ok());
    }

    #[test]
    fn it_is_known_from_among_other_errors_however_it_is_wrapped() {
        let wrapped = axum::Error::new(axum::Error::new(NoRoom));
        assert!(is_for_want_of_room(&wrapped));
        assert!(!is_for_want_of_room(&axum::Error::new(std::io::Error::other("gone"))));
    }
}
