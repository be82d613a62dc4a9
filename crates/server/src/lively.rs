//! A connection on which something must happen now and then: who is silent for too long is hung up on.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream of which reading and writing fail once nothing was read or written for so long.
pub(crate) struct Lively<S> {
    stream: S,
    silence: Duration,
    last: Instant,
    /// Looks after the silence. It is not wound anew at each sign of life, but only once it has run down.
    alarm: Pin<Box<Sleep>>,
}

impl<S> Lively<S> {
    pub(crate) fn new(stream: S, silence: Duration) -> Self {
        Self { stream, silence, last: Instant::now(), alarm: Box::pin(sleep(silence)) }
    }

    /// Who does not take what is written is silent, too.
    fn poll_written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            return self.poll_silence(context).map(Err);
        }
        self.last = Instant::now();
        written
    }

    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            ready!(self.alarm.as_mut().poll(context));
            let until = self.last + self.silence;
            if until <= Instant::now() {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "nothing was sent for too long"));
            }
            self.alarm.as_mut().reset(until);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lively<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                self.last = Instant::now();
                Poll::Ready(read)
            }
            Poll::Pending => self.poll_silence(context).map(Err),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lively<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.poll_written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.poll_written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const SILENCE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn who_is_silent_is_hung_up_on() {
        let (ours, _theirs) = duplex(64);
        let error = Lively::new(ours, SILENCE).read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_what_is_written_is_hung_up_on() {
        let (ours, _theirs) = duplex(64);
        let begun = Instant::now();
        let error = Lively::new(ours, SILENCE).write_all(&[0; 65]).await.unwrap_err();
        assert_eq!((error.kind(), begun.elapsed()), (io::ErrorKind::TimedOut, SILENCE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sign_of_life_in_either_direction_is_enough() {
        let (ours, mut theirs) = duplex(64);
        let begun = Instant::now();
        let mut lively = Lively::new(ours, SILENCE);
        for _ in 0..3 {
            assert!(tokio::time::timeout(SILENCE * 2 / 3, lively.read_u8()).await.is_err());
            lively.write_u8(1).await.unwrap();
            assert!(tokio::time::timeout(SILENCE * 2 / 3, lively.read_u8()).await.is_err());
            theirs.write_u8(2).await.unwrap();
            assert_eq!(lively.read_u8().await.unwrap(), 2);
        }
        assert_eq!(begun.elapsed(), SILENCE * 4);
        assert!(lively.read_u8().await.is_err());
        assert_eq!(begun.elapsed(), SILENCE * 5);
    }
}
