//! A form on its way to the browser: what was typed comes back with what is wrong, field by field.

use std::collections::BTreeMap;

use entry::Problem;
use serde::Serialize;

/// Values and faults of one form.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Form {
    /// What to show in the fields. Never a password.
    pub values: BTreeMap<&'static str, String>,
    /// One sentence for each field at fault.
    pub errors: BTreeMap<String, String>,
    /// What is wrong with the whole.
    pub problem: Option<String>,
}

impl Form {
    /// A form showing these values.
    pub(crate) fn with(values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { values: values.into_iter().collect(), ..Self::default() }
    }

    /// The same form with one field at fault.
    pub(crate) fn fault(mut self, field: &str, message: &str) -> Self {
        self.errors.insert(field.to_owned(), message.to_owned());
        self
    }

    /// The same form with a refusal: by field where the refusal names fields, else over the whole form.
    pub(crate) fn refused(mut self, problem: &Problem) -> Self {
        for fault in &problem.fields {
            self.errors.insert(fault.field.clone(), fault.message.clone());
        }
        if problem.fields.is_empty() {
            self.problem = Some(problem.detail.clone());
        }
        self
    }
}
