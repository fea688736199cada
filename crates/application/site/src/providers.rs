//! Who moves money, by the name that stands on each leg.

use std::sync::Arc;

use cards::CardProvider;

/// The payment providers of one installation. A leg is asked about at its own provider and nowhere else.
#[derive(Debug, Clone)]
pub struct PaymentProviders {
    cards: Arc<dyn CardProvider>,
    earlier: Vec<Arc<dyn CardProvider>>,
}

impl PaymentProviders {
    /// `cards` takes new card payments; `earlier` ones answer for those that were begun with them.
    pub fn new(cards: Arc<dyn CardProvider>, earlier: Vec<Arc<dyn CardProvider>>) -> Self {
        Self { cards, earlier }
    }

    /// Who takes new card payments.
    pub fn cards(&self) -> &dyn CardProvider {
        &*self.cards
    }

    /// The provider of this name, if it is configured still.
    pub fn named(&self, name: &str) -> Option<&dyn CardProvider> {
        std::iter::once(&self.cards).chain(&self.earlier).find(|cards| cards.name() == name).map(|cards| &**cards)
    }
}
