//! Mails to whoever has value that a bank took back, or gave back, in the transaction that moves it.

use database::Tx;
use gift_cards::{GiftCard, queries};
use kernel::{Money, PersonId};
use notifications::NewMail;
use notifications::texts::MailText;
use notifications::texts::gift_card::{self as texts, ReversedValue};
use payments::Chargeback;
use site::{Services, links};

use crate::WorkflowError;
use crate::mail::enqueue;

pub(super) use notifications::texts::gift_card::Reversal;

/// Tells whoever has a card what was taken off it for a bank, or put back. Nobody knows a card better that nobody has claimed than whoever
/// sent or bought it.
pub(super) async fn mail_card(
    site: &Services,
    tx: &mut Tx,
    case: &Chargeback,
    card: &GiftCard,
    amount: Money,
    reversal: Reversal,
) -> Result<(), WorkflowError> {
    let (reader, link) = match (card.holder.or(card.buyer), queries::received(tx, card.id).await?) {
        (Some(reader), _) => (reader, links::gift_card(card.id)),
        (None, Some(sent)) => (sent.sender, links::gift_card(sent.from)),
        (None, None) => (case.customer, links::GIFT_CARDS.to_owned()),
    };
    let last_group = queries::card(tx, card.id).await?.last_group;
    let value = ReversedValue::Card { last_group: last_group.as_deref(), is_claimed: card.holder.is_some() };
    let text = text(site, value, amount, reversal, &link);
    mail(site, tx, reader, text, template(reversal), &format!("{}/{}", card.id, card.version)).await
}

/// The same of somebody's credit.
pub(super) async fn mail_credit(
    site: &Services,
    tx: &mut Tx,
    case: &Chargeback,
    person: PersonId,
    amount: Money,
    reversal: Reversal,
) -> Result<(), WorkflowError> {
    // What comes back to credit while a case is open is taken too: each time more of the case was found before.
    let occasion = format!("{}/{person}/{}", case.id, case.taken_back.amount_minor);
    let text = text(site, ReversedValue::Credit, amount, reversal, &links::credit_in(amount.currency));
    mail(site, tx, person, text, template(reversal), &occasion).await
}

async fn mail(
    site: &Services,
    tx: &mut Tx,
    reader: PersonId,
    text: MailText,
    template: &'static str,
    occasion: &str,
) -> Result<(), WorkflowError> {
    let Some(reader) = accounts::queries::person(tx, reader).await? else { return Ok(()) };
    let mail = NewMail {
        dedupe_key: format!("{template}/{occasion}"),
        person: Some(reader.id),
        to_address: reader.email,
        to_name: reader.display_name,
        template,
        text,
        attachment: None,
    };
    enqueue(site, tx, &mail).await
}

/// The text, with links and addresses of this installation.
fn text(site: &Services, value: ReversedValue<'_>, amount: Money, reversal: Reversal, link: &str) -> MailText {
    let support = site.settings.support_email.as_deref();
    texts::reversed(value, amount, reversal, support, &site.settings.url(link))
}

const fn template(reversal: Reversal) -> &'static str {
    match reversal {
        Reversal::Done => "value_charged_back",
        Reversal::Undone => "value_restored",
    }
}
