//! Bodies while they arrive. Each has a limit, and may take its time; so what has arrived of all of them together has one, too.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{ARRIVING_BYTES, BEGINNING_BYTES, CONNECTIONS};

/// The room for bodies that are not whole yet. Where a few large ones take all of it, the others still have room to begin,
/// and a webhook is hardly ever longer than that.
pub(crate) struct ArrivingRoom {
    beginnings: Arc<Semaphore>,
    rest: Arc<Semaphore>,
}

impl ArrivingRoom {
    pub(crate) fn new() -> Arc<Self> {
        Self::of(CONNECTIONS * BEGINNING_BYTES, ARRIVING_BYTES)
    }

    fn of(beginnings: usize, rest: usize) -> Arc<Self> {
        let [beginnings, rest] = [beginnings, rest].map(|bytes| Arc::new(Semaphore::new(bytes)));
        Arc::new(Self { beginnings, rest })
    }
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
    room: Arc<ArrivingRoom>,
    bytes: usize,
    taken: [Option<OwnedSemaphorePermit>; 2],
}

impl<B> Arriving<B> {
    pub(crate) fn new(body: B, room: Arc<ArrivingRoom>) -> Self {
        Self { body, room, bytes: 0, taken: [None, None] }
    }

    fn take(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let beginning = bytes.min(BEGINNING_BYTES.saturating_sub(self.bytes));
        self.bytes += bytes;
        let parts = [(&self.room.beginnings, beginning), (&self.room.rest, bytes - beginning)];
        for (taken, (room, bytes)) in self.taken.iter_mut().zip(parts).filter(|(_, (_, bytes))| *bytes > 0) {
            let bytes = u32::try_from(bytes).map_err(|_| NoRoom)?;
            let more = Arc::clone(room).try_acquire_many_owned(bytes).map_err(|_| NoRoom)?;
            match taken {
                Some(taken) => taken.merge(more),
                None => *taken = Some(more),
            }
        }
        Ok(())
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

    fn body(bytes: usize, room: &Arc<ArrivingRoom>) -> Arriving<Full<Bytes>> {
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
        let room = ArrivingRoom::of(3 * BEGINNING_BYTES, 1_000);
        let large = arrive(body(BEGINNING_BYTES + 600, &room)).await.unwrap();
        assert_eq!(large.0, BEGINNING_BYTES + 600);
        let error = arrive(body(BEGINNING_BYTES + 600, &room)).await.map(|_| ()).unwrap_err();
        assert!(is_for_want_of_room(error.as_ref()), "{error}");

        let small = [arrive(body(BEGINNING_BYTES, &room)).await, arrive(body(BEGINNING_BYTES, &room)).await];
        assert!(small.iter().all(Result::is_ok));
        assert!(arrive(body(1, &room)).await.is_err(), "there is no room for beginnings either");

        drop(large);
        assert!(arrive(body(BEGINNING_BYTES + 1_000, &room)).await.is_ok());
    }

    #[test]
    fn it_is_known_from_among_other_errors_however_it_is_wrapped() {
        let wrapped = axum::Error::new(axum::Error::new(NoRoom));
        assert!(is_for_want_of_room(&wrapped));
        assert!(!is_for_want_of_room(&axum::Error::new(std::io::Error::other("gone"))));
    }
}
