-- Search counts what a list could be narrowed down to over everybody who fits. Thousands of profiles share some hundred combinations of
-- categories, languages, kinds and currency: each combination is a row, and a profile carries its number, which is quick to filter by and to
-- count. The rows are made here, so that no writer of profiles can forget it.
CREATE TABLE facet_sets (
  id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  category_slugs text[] NOT NULL,
  languages      text[] NOT NULL,
  offering_kinds text[] NOT NULL,
  currency       char(3) NOT NULL,
  UNIQUE (category_slugs, languages, offering_kinds, currency)
);
ALTER TABLE celebrities ADD COLUMN facet_set_id integer REFERENCES facet_sets (id);

CREATE FUNCTION celebrities_find_facet_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    SELECT id INTO NEW.facet_set_id FROM facet_sets
      WHERE category_slugs = NEW.category_slugs AND languages = NEW.languages
        AND offering_kinds = NEW.offering_kinds AND currency = NEW.currency;
    EXIT WHEN FOUND;
    -- Somebody else may be making the same one: then the next look finds it.
    INSERT INTO facet_sets (category_slugs, languages, offering_kinds, currency)
      VALUES (NEW.category_slugs, NEW.languages, NEW.offering_kinds, NEW.currency) ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER celebrities_find_facet_set BEFORE INSERT OR UPDATE OF category_slugs, languages, offering_kinds, currency ON celebrities
  FOR EACH ROW EXECUTE FUNCTION celebrities_find_facet_set();
UPDATE celebrities SET currency = currency;
ALTER TABLE celebrities ALTER COLUMN facet_set_id SET NOT NULL;

CREATE INDEX celebrities_facet_set ON celebrities (facet_set_id) INCLUDE (id) WHERE status = 'published';
DROP INDEX celebrities_facets;
