//! Standard output and standard error, each written by a thread of its own: whoever says something hands over bytes and goes on,
//! also where nobody reads the pipe, or it is closed.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long text is gathered before it is written, so that many lines need one call of the system.
const GATHER: Duration = Duration::from_millis(20);
/// The most memory for unwritten text. Beyond this nobody reads, and lines are lost.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long the end of the program waits for a reader of the log.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

static OUTPUT: LazyLock<Arc<ConsoleStream>> = LazyLock::new(|| ConsoleStream::start(io::stdout()));
static ERROR: LazyLock<Arc<ConsoleStream>> = LazyLock::new(|| ConsoleStream::start(io::stderr()));

/// Text on its way to one of the two.
#[derive(Debug, Default)]
pub struct ConsoleStream {
    unwritten: Mutex<UnwrittenText>,
    arrived: Condvar,
    written: Condvar,
}

#[derive(Debug, Default)]
struct UnwrittenText {
    text: Vec<u8>,
    /// Lines that found no room, since the last that did.
    lost: u64,
    /// Whether it is written without waiting for more.
    is_urgent: bool,
    is_writing: bool,
}

/// Prints a line.
pub fn say(line: impl Display) {
    OUTPUT.push(format!("{line}\n").as_bytes(), true);
}

/// Prints text as it is.
pub fn print(text: impl Display) {
    OUTPUT.push(text.to_string().as_bytes(), true);
}

/// The stream of the log.
pub fn error() -> &'static ConsoleStream {
    &ERROR
}

/// Writes what is left at the end of the program. A log that nobody reads is waited for only shortly; `patience` is for what was
/// printed, without end if there is none.
pub fn finish(patience: Option<Duration>) {
    ERROR.finish(Some(FLUSH_TIMEOUT));
    OUTPUT.finish(patience);
}

impl ConsoleStream {
    /// Starts the thread that writes to `sink`.
    fn start(sink: impl Write + Send + 'static) -> Arc<Self> {
        let stream = Arc::new(Self::default());
        let writer = Arc::clone(&stream);
        std::thread::Builder::new()
            .name("console".to_owned())
            .spawn(move || writer.write_out(sink))
            .expect("the first threads of a process can be started");
        stream
    }

    /// Hands over `text`, which never waits for whoever reads it.
    pub fn push(&self, text: &[u8], is_urgent: bool) {
        let mut unwritten = self.unwritten();
        if unwritten.text.len() + text.len() > BYTES_MAX {
            unwritten.lost += 1;
            drop(unwritten);
            metrics::counter!("stagedoor_log_lines_lost_total").increment(1);
            return;
        }
        let wakes = unwritten.text.is_empty() || (is_urgent && !unwritten.is_urgent);
        unwritten.text.extend_from_slice(text);
        unwritten.is_urgent |= is_urgent;
        drop(unwritten);
        if wakes {
            self.arrived.notify_one();
        }
    }

    fn write_out(&self, mut sink: impl Write) {
        loop {
            let UnwrittenText { text, lost, .. } = self.take();
            // If this cannot be written, there is nowhere to report it.
            let notice = if lost > 0 {
                format!("{lost} lines were lost here, because nobody read in time\n")
            } else {
                String::new()
            };
            sink.write_all(&text).and_then(|()| sink.write_all(notice.as_bytes())).and_then(|()| sink.flush()).ok();
            self.unwritten().is_writing = false;
            self.written.notify_all();
        }
    }

    /// Waits for text, and a moment for more of it.
    fn take(&self) -> UnwrittenText {
        let mut unwritten = self.unwritten();
        while unwritten.text.is_empty() {
            unwritten = self.arrived.wait(unwritten).unwrap_or_else(PoisonError::into_inner);
        }
        let gathered = self.arrived.wait_timeout_while(unwritten, GATHER, |unwritten| !unwritten.is_urgent);
        let (mut unwritten, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *unwritten, UnwrittenText { is_writing: true, ..UnwrittenText::default() })
    }

    /// Waits until everything is written, at most `patience` if there is one.
    fn finish(&self, patience: Option<Duration>) {
        let mut unwritten = self.unwritten();
        unwritten.is_urgent = true;
        self.arrived.notify_one();
        let goes_on = |unwritten: &mut UnwrittenText| unwritten.is_writing || !unwritten.text.is_empty();
        match patience {
            Some(patience) => drop(self.written.wait_timeout_while(unwritten, patience, goes_on)),
            None => drop(self.written.wait_while(unwritten, goes_on)),
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, UnwrittenText> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// A pipe whose reader takes one write for each permit.
    struct SlowPipe(Receiver<()>, Sender<Vec<u8>>);

    impl Write for SlowPipe {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            self.1.send(text.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stands_still_costs_lines_and_nothing_else() {
        let ((permit, permits), (writes, written)) = (channel(), channel());
        let stream = ConsoleStream::start(SlowPipe(permits, writes));
        stream.push(b"first\n", true);
        while !stream.unwritten().is_writing {
            std::thread::yield_now();
        }
        // The thread stands in its first write now; none of these may wait for it.
        let line = vec![b'.'; BYTES_MAX / 2];
        for _ in 0..5 {
            stream.push(&line, true);
        }
        stream.finish(Some(Duration::from_millis(1)));
        assert_eq!(stream.unwritten().lost, 3);
        for _ in 0..3 {
            permit.send(()).unwrap();
        }
        assert_eq!(written.recv().unwrap(), b"first\n");
        assert_eq!(written.recv().unwrap().len(), BYTES_MAX);
        assert!(String::from_utf8(written.recv().unwrap()).unwrap().starts_with("3 lines were lost"));
    }

    #[test]
    fn a_closed_pipe_ends_nothing() {
        let ((permit, permits), (writes, _)) = (channel::<()>(), channel());
        drop(permit);
        let stream = ConsoleStream::start(SlowPipe(permits, writes));
        for _ in 0..3 {
            stream.push(b"nobody hears this\n", true);
            stream.finish(None);
        }
    }
}
