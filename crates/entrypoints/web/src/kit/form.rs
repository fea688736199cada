//! Forms as pages show them: the entered values with one error for each invalid field.

use std::collections::BTreeMap;

use accounts::commands::OwnerProof;
use entry::Problem;
use kernel::Secret;
use serde::{Deserialize, Serialize};

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

/// What the owner proves themselves with before a change: the fields that `proof` in `components/field.html` draws.
#[derive(Debug, Deserialize)]
pub(crate) struct ProofForm {
    current_password: Secret<String>,
    #[serde(default)]
    code: Option<Secret<String>>,
}

impl From<ProofForm> for OwnerProof {
    fn from(form: ProofForm) -> Self {
        Self { password: form.current_password, code: form.code }
    }
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
    pub(crate) fn refused(self, problem: &Problem) -> Self {
        self.refused_in(problem, &[])
    }

    /// The same, where the page's fields have other names: each pair is that of the refusal and that of the page.
    pub(crate) fn refused_in(mut self, problem: &Problem, names: &[(&str, &str)]) -> Self {
        for fault in &problem.fields {
            let other = names.iter().find(|(refused, _)| *refused == fault.field);
            self = self.fault(other.map_or(&*fault.field, |(_, shown)| shown), &fault.message);
        }
        if problem.fields.is_empty() {
            self.problem = Some(problem.detail.clone());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use kernel::{FaultKind, FieldFault};

    use super::*;

    #[test]
    fn a_refusal_stands_beside_the_field_whatever_the_page_calls_it() {
        let fault = |field| FieldFault::new(field, "x", format!("of {field}"));
        let problem = Problem::new(FaultKind::Invalid, "invalid_fields", "Please correct the fields below.")
            .with_fields(vec![fault("scopes"), fault("name")]);
        let form = Form::default().refused_in(&problem, &[("scopes", "access")]);
        assert_eq!((form.errors["access"].as_str(), form.errors["name"].as_str()), ("of scopes", "of name"));
        assert_eq!((form.first_fault.as_deref(), form.problem), (Some("access"), None));
    }
}
