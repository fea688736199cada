//! Bulk loading of generated rows with `COPY`, because one statement for each row would take hours.

use std::borrow::Cow;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};
use kernel::Instant;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::connect::Database;
use crate::types::{Connection, Tx};

/// Text, often a constant.
pub type Text = Cow<'static, str>;

/// The buffer is sent when it holds this many bytes.
const CHUNK_BYTES: usize = 256 * 1024;

/// `work_mem` in such a transaction: it sums whole tables, but runs one statement at a time.
const WORK_MEM: &str = "64MB";

/// A row that knows its table. Made by [`bulk_row!`](crate::bulk_row).
pub trait BulkRow {
    /// `COPY <table> (<columns>) FROM STDIN`.
    const STATEMENT: &'static str;

    /// Appends the row's fields in the order of the statement's columns.
    fn write(&self, line: &mut Line);
}

/// A value in the text format of `COPY`.
pub trait BulkField {
    fn write(&self, out: &mut String);
}

/// One line of `COPY` data being written.
#[derive(Debug, Default)]
pub struct Line {
    text: String,
    is_fresh: bool,
}

impl Line {
    /// Appends one field.
    pub fn field(&mut self, value: &impl BulkField) {
        if !self.is_fresh {
            self.text.push('\t');
        }
        self.is_fresh = false;
        value.write(&mut self.text);
    }
}

/// Begins a transaction that may take minutes: on its own connection, without
/// the time limits of requests and without warnings about slow statements, and with more memory.
pub async fn begin(database: &Database) -> Result<Tx, sqlx::Error> {
    let mut tx = database.bulk().begin().await?;
    let limits = ["statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"].map(|limit| (limit, "0"));
    for (setting, value) in limits.into_iter().chain([("work_mem", WORK_MEM)]) {
        sqlx::query_scalar!("SELECT set_config($1, $2, true)", setting, value).fetch_one(&mut *tx).await?;
    }
    Ok(tx)
}

/// Takes the lock called `name` in this schema and waits for it; released when the transaction ends.
pub async fn lock(tx: &mut Tx, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 0))", name)
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

/// Runs ANALYZE on `tables`, so that the planner has correct statistics after a large load, first of all for what comes in the same
/// transaction.
pub async fn analyze(tx: &mut Tx, tables: &[&'static str]) -> Result<(), sqlx::Error> {
    for table in tables {
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Copies `rows` to their table and returns their number.
pub async fn copy<Row: BulkRow>(
    connection: &mut Connection,
    rows: impl IntoIterator<Item = Row>,
) -> Result<u64, sqlx::Error> {
    let mut sink = connection.raw().copy_in_raw(Row::STATEMENT).await?;
    let mut line = Line::default();
    for row in rows {
        line.is_fresh = true;
        row.write(&mut line);
        line.text.push('\n');
        if line.text.len() >= CHUNK_BYTES {
            sink.send(line.text.as_bytes()).await?;
            line.text.clear();
        }
    }
    sink.send(line.text.as_bytes()).await?;
    sink.finish().await
}

/// Defines a row type and the `COPY` statement that takes it.
///
/// ```ignore
/// database::bulk_row! {
///     /// One row of `people`.
///     PersonRow in "people" { id: Uuid, email: Text }
/// }
/// ```
#[macro_export]
macro_rules! bulk_row {
    ($(#[$doc:meta])* $name:ident in $table:literal { $first:ident: $first_type:ty $(, $field:ident: $type:ty)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            pub $first: $first_type,
            $(pub $field: $type,)*
        }

        impl $crate::bulk::BulkRow for $name {
            const STATEMENT: &'static str =
                concat!("COPY ", $table, " (", stringify!($first), $(", ", stringify!($field),)* ") FROM STDIN");

            fn write(&self, line: &mut $crate::bulk::Line) {
                line.field(&self.$first);
                $(line.field(&self.$field);)*
            }
        }
    };
}

impl BulkField for Text {
    fn write(&self, out: &mut String) {
        write_escaped(self, out);
    }
}

impl BulkField for &str {
    fn write(&self, out: &mut String) {
        write_escaped(self, out);
    }
}

/// A `text[]`.
impl BulkField for Vec<Text> {
    fn write(&self, out: &mut String) {
        let quoted: Vec<String> =
            self.iter().map(|item| format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\""))).collect();
        write_escaped(&format!("{{{}}}", quoted.join(",")), out);
    }
}

/// A `bytea`.
impl BulkField for Vec<u8> {
    fn write(&self, out: &mut String) {
        out.push_str("\\\\x");
        for byte in self {
            write_display(out, format_args!("{byte:02x}"));
        }
    }
}

/// A `datemultirange`: days from the first up to but not including the second.
impl BulkField for Vec<(NaiveDate, NaiveDate)> {
    fn write(&self, out: &mut String) {
        let ranges: Vec<String> = self.iter().map(|(from, until)| format!("[{from},{until})")).collect();
        write_display(out, format_args!("{{{}}}", ranges.join(",")));
    }
}

/// A `tstzrange`, `[)`.
impl BulkField for (Instant, Instant) {
    fn write(&self, out: &mut String) {
        out.push_str("[\"");
        self.0.write(out);
        out.push_str("\",\"");
        self.1.write(out);
        out.push_str("\")");
    }
}

impl BulkField for Instant {
    fn write(&self, out: &mut String) {
        self.naive_utc().write(out);
        out.push_str("+00");
    }
}

impl BulkField for NaiveDateTime {
    fn write(&self, out: &mut String) {
        use chrono::{Datelike as _, Timelike as _};
        write_display(
            out,
            format_args!(
                "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}",
                self.year(),
                self.month(),
                self.day(),
                self.hour(),
                self.minute(),
                self.second(),
                self.nanosecond() / 1_000
            ),
        );
    }
}

impl<Value: BulkField> BulkField for Option<Value> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("\\N"),
        }
    }
}

macro_rules! plain_fields {
    ($($type:ty),*) => {$(
        impl BulkField for $type {
            fn write(&self, out: &mut String) {
                write_display(out, format_args!("{self}"));
            }
        }
    )*};
}

plain_fields!(bool, i16, i32, i64, Uuid, NaiveDate);

fn write_display(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("writing to a string cannot fail");
}

fn write_escaped(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    bulk_row! {
        /// A row to test with.
        Sample in "samples" { id: i64, name: Text, tags: Vec<Text>, note: Option<Text>, bytes: Vec<u8> }
    }

    #[test]
    fn a_row_becomes_a_line() {
        let row = Sample {
            id: 7,
            name: "tab\there \\ and\nthere".into(),
            tags: vec!["a \"b\"".into(), "c".into()],
            note: None,
            bytes: vec![0, 255],
        };
        let mut line = Line { is_fresh: true, ..Line::default() };
        row.write(&mut line);
        assert_eq!(Sample::STATEMENT, "COPY samples (id, name, tags, note, bytes) FROM STDIN");
        assert_eq!(line.text, "7\ttab\\there \\\\ and\\nthere\t{\"a \\\\\"b\\\\\"\",\"c\"}\t\\N\t\\\\x00ff");
    }
}
