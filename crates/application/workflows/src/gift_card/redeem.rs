//! Turning the value of a card into credit. Calls that arrive together share their statements and their commit, so that one busy card is
//! not locked for a whole commit by each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use accounts::Caller;
use database::group_commit::{Group, Outcomes, wait_at_most};
use database::{Connection, Database, Tx, idempotency};
use gift_cards::{CardChanges, CardCommand, GiftCard, GiftCardsError, commands};
use kernel::{Actor, GiftCardId, Money, PersonId};
use site::{Services, Site};

use crate::{AnswerTemplate, WorkflowError};

/// Groups the redemptions of this server.
struct RedeemCards(Site);

/// One redemption, with the template of its answer.
#[derive(Debug)]
struct Redemption {
    card: GiftCardId,
    by: PersonId,
    amount_minor: i64,
    template: AnswerTemplate<GiftCard>,
}

/// Turns `amount_minor` of the caller's card into their credit; the body of the answer. Other people's cards count as missing.
pub async fn redeem(
    site: &Site,
    caller: &Caller,
    card: GiftCardId,
    amount_minor: i64,
    template: AnswerTemplate<GiftCard>,
) -> Result<Vec<u8>, WorkflowError> {
    let redemption = Redemption { card, by: caller.id, amount_minor, template };
    site.group_commits.of::<RedeemCards>().submit(&Arc::new(RedeemCards(Arc::clone(site))), redemption).await
}

impl Group for RedeemCards {
    type Member = Redemption;
    /// The body of the answer.
    type Outcome = Vec<u8>;
    type Error = WorkflowError;
    /// Whoever has the cards: their credit is locked too.
    type LockKey = PersonId;

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn lock_key(member: &Redemption) -> PersonId {
        member.by
    }

    /// A transaction of several statements has a connection of its own.
    async fn write(
        &self,
        _: &mut Connection,
        members: &[Redemption],
        patience: Duration,
        outcomes: &mut Outcomes<Vec<u8>, WorkflowError>,
    ) -> Result<(), WorkflowError> {
        let site = &*self.0;
        let mut tx = site.database.begin().await?;
        wait_at_most(&mut tx, patience).await?;
        let done = redeem_all(site, &mut tx, members, outcomes).await?;
        if done.is_empty() {
            return Ok(tx.rollback().await?);
        }
        let answers = done.iter().map(|(index, body)| {
            let template = &members[*index].template;
            (&template.attempt, template.status, body.as_slice())
        });
        match idempotency::keep_all(&mut tx, answers, site.clock.now()).await {
            Err(error) if idempotency::is_used_key(&error) => return Err(WorkflowError::EarlierTry),
            kept => kept?,
        }
        tx.commit().await?;
        done.into_iter().for_each(|(index, body)| outcomes.record(index, Ok(body)));
        Ok(())
    }
}

/// Carries the redemptions out one after the other on locked cards. Records the refusals, and returns the others with their answers.
async fn redeem_all(
    site: &Services,
    tx: &mut Tx,
    members: &[Redemption],
    outcomes: &mut Outcomes<Vec<u8>, WorkflowError>,
) -> Result<Vec<(usize, Vec<u8>)>, WorkflowError> {
    let now = site.clock.now();
    let ids: Vec<GiftCardId> = members.iter().map(|member| member.card).collect();
    let locked = commands::lock_all(tx, &ids).await?;
    let mut cards: BTreeMap<GiftCardId, GiftCard> = locked.into_iter().map(|card| (card.id, card)).collect();
    let (mut changes, mut done) = (CardChanges::default(), Vec::new());
    for (index, member) in members.iter().enumerate() {
        let card = cards.get_mut(&member.card).filter(|card| card.holder == Some(member.by));
        let Some(card) = card else {
            outcomes.record(index, Err(GiftCardsError::NotFound.into()));
            continue;
        };
        let amount = Money::new(member.amount_minor, card.balance.currency);
        let command = CardCommand::Redeem { id: site.chance.uuid(now), amount };
        match changes.carry_out(card, command, Actor::customer(member.by), None, now) {
            Ok(()) => done.push((index, (member.template.body)(card.clone(), now))),
            Err(refusal) => outcomes.record(index, Err(refusal.into())),
        }
    }
    if !changes.is_empty() {
        commands::save(tx, &*site.chance, now, &changes).await?;
    }
    Ok(done)
}
