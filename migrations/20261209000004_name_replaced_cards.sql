-- no-transaction
-- Cards that hold a refund which could not go back to the card that had paid name that one. They are known by the transfer that brought
-- their value, which is about the part of the payment. Beside this release the previous one may issue some that do not name it.
DO $$
DECLARE moved integer;
BEGIN
  LOOP
    UPDATE gift_cards c SET replaces_id = found.paid_id
    FROM (
      SELECT issued.id, paid.id AS paid_id
      FROM payment_legs l
      JOIN gift_cards paid ON paid.id::text = l.provider_ref
      JOIN ledger_transfers t ON t.template = 'gift_card_issued' AND t.reference_kind = 'payment_leg' AND t.reference_id = l.id
      JOIN gift_cards issued ON issued.id = t.subject_id AND issued.replaces_id IS NULL
      WHERE l.provider = 'gift_cards' LIMIT 1000 FOR UPDATE OF issued
    ) found
    WHERE c.id = found.id;
    GET DIAGNOSTICS moved = ROW_COUNT;
    COMMIT;
    EXIT WHEN moved = 0;
  END LOOP;
END $$;
