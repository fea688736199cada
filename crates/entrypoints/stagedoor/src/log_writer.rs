//! Writes the log on a thread of its own: lines are collected in memory and written together, so that no request waits
//! for a terminal, a file or a pipe. Warnings and errors are written at once, after everything before them.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long lines are collected before they are written.
const GATHER: Duration = Duration::from_millis(20);
/// The most memory for unwritten lines. Beyond this the reader of the log is stuck, and lines are dropped.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// The writer of the log; clones share one buffer.
#[derive(Clone)]
pub struct LogWriter(Arc<Gathered>);

/// Writes the remaining lines when dropped.
pub struct LogGuard(LogWriter);

#[derive(Default)]
struct Gathered {
    lines: Mutex<Lines>,
    arrived: Condvar,
    /// Held while writing. Whoever writes takes this lock before it takes the lines, so that two writers cannot swap the order.
    output: Mutex<()>,
}

#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    dropped: u64,
}

/// One line being logged.
pub struct LogLine<'writer> {
    writer: &'writer LogWriter,
    is_urgent: bool,
}

impl LogWriter {
    /// Starts the thread that writes to standard error.
    pub fn start() -> io::Result<(Self, LogGuard)> {
        let writer = Self(Arc::default());
        let thread = writer.clone();
        std::thread::Builder::new().name("log".to_owned()).spawn(move || {
            loop {
                thread.wait();
                std::thread::sleep(GATHER);
                thread.write_out();
            }
        })?;
        Ok((writer.clone(), LogGuard(writer)))
    }

    fn wait(&self) {
        let mut lines = self.lines();
        while lines.text.is_empty() && lines.dropped == 0 {
            lines = self.0.arrived.wait(lines).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn write_out(&self) {
        let _output = self.0.output.lock().unwrap_or_else(PoisonError::into_inner);
        let Lines { text, dropped } = std::mem::take(&mut *self.lines());
        let mut error = io::stderr().lock();
        // If the log cannot be written, there is nowhere to report it.
        error.write_all(&text).ok();
        if dropped > 0 {
            writeln!(error, "{dropped} lines of log were dropped, because nobody took them in time").ok();
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.0.write_out();
    }
}

impl<'writer> MakeWriter<'writer> for LogWriter {
    type Writer = LogLine<'writer>;

    fn make_writer(&'writer self) -> Self::Writer {
        LogLine { writer: self, is_urgent: false }
    }

    fn make_writer_for(&'writer self, about: &tracing::Metadata<'_>) -> Self::Writer {
        LogLine { writer: self, is_urgent: *about.level() <= tracing::Level::WARN }
    }
}

impl Write for LogLine<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut lines = self.writer.lines();
        let is_first = lines.text.is_empty();
        if lines.text.len() + text.len() > BYTES_MAX {
            lines.dropped += 1;
        } else {
            lines.text.extend_from_slice(text);
        }
        drop(lines);
        if is_first {
            self.writer.0.arrived.notify_one();
        }
        if self.is_urgent {
            self.writer.write_out();
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_lines_are_counted_instead_of_kept() {
        let writer = LogWriter(Arc::default());
        let line = vec![b'.'; BYTES_MAX];
        for _ in 0..3 {
            writer.make_writer().write_all(&line).unwrap();
        }
        let lines = writer.lines();
        assert_eq!((lines.text.len(), lines.dropped), (BYTES_MAX, 2));
    }
}
