//! The payment providers of one installation, by the name that each leg stores.

use std::sync::Arc;

use cards::{CardProvider, SandboxCards};

/// The payment providers of one installation. A leg is asked about at its own provider and nowhere else.
#[derive(Debug, Clone)]
pub struct PaymentProviders {
    cards: Arc<dyn CardProvider>,
    earlier: Vec<Arc<dyn CardProvider>>,
    sandbox: Option<Arc<SandboxCards>>,
}

impl PaymentProviders {
    /// `cards` takes new card payments; `earlier` ones answer for the payments that were begun with them. `sandbox` is whichever of these
    /// is the sandbox.
    pub fn new(
        cards: Arc<dyn CardProvider>,
        earlier: Vec<Arc<dyn CardProvider>>,
        sandbox: Option<Arc<SandboxCards>>,
    ) -> Self {
        Self { cards, earlier, sandbox }
    }

    /// The sandbox, where it is used: the questions of its bank are answered on our own pages.
    pub fn sandbox(&self) -> Option<&SandboxCards> {
        self.sandbox.as_deref()
    }

    /// Whether new card payments go to the sandbox, which takes no money.
    pub fn takes_test_cards(&self) -> bool {
        self.sandbox.as_ref().is_some_and(|sandbox| sandbox.name() == self.cards.name())
    }

    /// Who takes new card payments.
    pub fn cards(&self) -> &dyn CardProvider {
        &*self.cards
    }

    /// All that are configured.
    pub fn all(&self) -> impl Iterator<Item = &dyn CardProvider> {
        std::iter::once(&self.cards).chain(&self.earlier).map(|cards| &**cards)
    }

    /// The provider of this name, if it is configured still.
    pub fn named(&self, name: &str) -> Option<&dyn CardProvider> {
        self.all().find(|cards| cards.name() == name)
    }
}
