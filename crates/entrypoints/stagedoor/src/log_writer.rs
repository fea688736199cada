//! The writer of the log: hands each line to the thread that writes standard error, warnings and errors without a pause.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use crate::console;

/// The writer of the log.
#[derive(Debug, Clone, Copy)]
pub struct LogWriter;

/// One line being logged.
#[derive(Debug)]
pub struct LogLine {
    is_urgent: bool,
}

impl MakeWriter<'_> for LogWriter {
    type Writer = LogLine;

    fn make_writer(&self) -> LogLine {
        LogLine { is_urgent: false }
    }

    fn make_writer_for(&self, about: &tracing::Metadata<'_>) -> LogLine {
        LogLine { is_urgent: *about.level() <= tracing::Level::WARN }
    }
}

impl Write for LogLine {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        console::error().push(text, self.is_urgent);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
