//! Forms as pages show them: the entered values with one error for each invalid field.

use std::collections::BTreeMap;

use entry::Problem;
use serde::Serialize;

/// Values and errors of a form.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Form {
    /// What to show in the fields. Never a password.
    pub values: BTreeMap<&'static str, String>,
    /// One sentence for each invalid field.
    pub errors: BTreeMap<String, String>,
    /// The field whose error was found first: it takes the focus, which brings its error into sight and has it read aloud.
    pub first_fault: Option<String>,
    /// An error of the whole form.
    pub problem: Option<String>,
}

impl Form {
    /// A form showing these values.
    pub(crate) fn with(values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { values: values.into_iter().collect(), ..Self::default() }
    }

    /// The same form with one field at fault.
    pub(crate) fn fault(mut self, field: &str, message: &str) -> Self {
        self.first_fault.get_or_insert_with(|| field.to_owned());
        self.errors.insert(field.to_owned(), message.to_owned());
        self
    }

    /// The same form with the errors of a refusal: by field if it names fields, otherwise for the whole form.
    pub(crate) fn refused(mut self, problem: &Problem) -> Self {
        for fault in &problem.fields {
            self = self.fault(&fault.field, &fault.message);
        }
        if problem.fields.is_empty() {
            self.problem = Some(problem.detail.clone());
        }
        self
    }
}
