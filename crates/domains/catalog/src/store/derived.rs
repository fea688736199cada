//! Derived columns of profiles: ratings, ranks, and the data for search.

use database::Tx;
use kernel::{Instant, TrackRecord};
use uuid::Uuid;

/// The weight of the platform's mean in a rating, as a number of reviews.
const RATING_PRIOR_COUNT: f64 = 8.0;
/// The platform's mean rating, in hundredths.
const RATING_PRIOR_HUNDREDTHS: f64 = 460.0;

/// Stores these track records. Unchanged rows are not written.
pub(crate) async fn save_track_records(tx: &mut Tx, records: &[TrackRecord]) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = records.iter().map(|record| record.celebrity_id.0).collect();
    let counts: Vec<i32> = records.iter().map(|record| record.bookings_count).collect();
    let recent: Vec<f32> = records.iter().map(|record| record.recent_bookings).collect();
    let answers: Vec<Option<i32>> = records.iter().map(|record| record.answer_minutes).collect();
    sqlx::query!(
        "UPDATE celebrities c SET bookings_count = r.count, recent_bookings = r.recent, answer_minutes = r.answer
         FROM unnest($1::uuid[], $2::integer[], $3::real[], $4::integer[]) AS r (id, count, recent, answer)
         WHERE c.id = r.id AND (c.bookings_count, c.recent_bookings, c.answer_minutes) IS DISTINCT FROM (r.count, r.recent, r.answer)",
        &ids,
        &counts,
        &recent,
        &answers as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Computes the ratings of these celebrities (or all) from their reviews: `(8·m + Σ w·r) / (8 + Σ w)`, where a review's weight halves
/// every year. The rank adds recent bookings and quick answers to the rating; an unknown answer time adds nothing. Unchanged rows are
/// not written.
pub(crate) async fn derive_ratings(tx: &mut Tx, ids: Option<&[Uuid]>, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE celebrities c SET rating_count = d.count, rating_sum = d.sum, rating_hundredths = d.hundredths, rank = d.rank
         FROM (SELECT id, count, sum, CASE WHEN count = 0 THEN 0 ELSE mean END AS hundredths,
                 (mean - 300) * 2 + round(60 * ln(1 + recent_bookings))::integer
                   + coalesce(greatest(0, 100 - answer_minutes / 15), 0) AS rank
               FROM (SELECT c.id, c.recent_bookings, c.answer_minutes, coalesce(r.count, 0) AS count, coalesce(r.sum, 0) AS sum,
                       round(($3::float8 * $4::float8 + coalesce(r.weighted, 0) * 100) / ($3 + coalesce(r.weight, 0)))::integer AS mean
                     FROM celebrities c
                     LEFT JOIN (SELECT celebrity_id, count(*)::integer AS count, sum(rating)::integer AS sum, sum(weight) AS weight,
                                  sum(weight * rating) AS weighted
                                FROM (SELECT celebrity_id, rating,
                                        power(0.5, greatest(extract(epoch FROM $2 - created_at), 0)::float8 / (365 * 86400)) AS weight
                                      FROM reviews WHERE $1::uuid[] IS NULL OR celebrity_id = ANY($1)) AS weighed
                                GROUP BY celebrity_id) AS r ON r.celebrity_id = c.id
                     WHERE $1::uuid[] IS NULL OR c.id = ANY($1)) AS means) AS d
         WHERE c.id = d.id
           AND (c.rating_count, c.rating_sum, c.rating_hundredths, c.rank) IS DISTINCT FROM (d.count, d.sum, d.hundredths, d.rank)",
        ids,
        now,
        RATING_PRIOR_COUNT,
        RATING_PRIOR_HUNDREDTHS
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Computes the data for lists and search (lowest price, kinds, categories, words) of these celebrities, or of all.
pub(crate) async fn derive_search(tx: &mut Tx, ids: Option<&[Uuid]>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE celebrities c SET from_price_minor = d.from_price_minor, offering_kinds = d.kinds, category_slugs = d.slugs,
           categories = d.categories, search_vector = d.vector
         FROM (SELECT c.id, o.from_price_minor, coalesce(o.kinds, '{}') AS kinds, coalesce(g.slugs, '{}') AS slugs,
                 coalesce(g.links, '[]') AS categories,
                 setweight(to_tsvector('simple', lower(unaccent(c.stage_name))), 'A')
                   || setweight(to_tsvector('simple', lower(unaccent(concat_ws(' ', c.headline, g.names)))), 'B')
                   || setweight(to_tsvector('simple', lower(unaccent(concat_ws(' ', c.city, a.name)))), 'C')
                   || setweight(to_tsvector('simple', lower(unaccent(c.bio))), 'D') AS vector
               FROM celebrities c
               LEFT JOIN agencies a ON a.id = c.agency_id
               LEFT JOIN (SELECT o.celebrity_id, min(o.price_minor) FILTER (WHERE o.currency = p.currency) AS from_price_minor,
                            array_agg(DISTINCT o.kind) AS kinds
                          FROM offerings o JOIN celebrities p ON p.id = o.celebrity_id
                          WHERE o.is_active AND ($1::uuid[] IS NULL OR o.celebrity_id = ANY($1))
                          GROUP BY o.celebrity_id) AS o ON o.celebrity_id = c.id
               LEFT JOIN (SELECT m.celebrity_id, array_agg(g.slug ORDER BY m.position, g.slug) AS slugs,
                            string_agg(g.name, ' ') AS names,
                            jsonb_agg(jsonb_build_object('slug', g.slug, 'name', g.name) ORDER BY m.position, g.slug) AS links
                          FROM celebrity_categories m JOIN categories g ON g.id = m.category_id
                          WHERE $1::uuid[] IS NULL OR m.celebrity_id = ANY($1)
                          GROUP BY m.celebrity_id) AS g ON g.celebrity_id = c.id
               WHERE $1::uuid[] IS NULL OR c.id = ANY($1)) AS d
         WHERE c.id = d.id",
        ids
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO search_words (word)
         SELECT DISTINCT lexeme FROM celebrities c, unnest(c.search_vector)
         WHERE length(lexeme) BETWEEN 3 AND 40 AND weights && ARRAY['A', 'B', 'C'] AND ($1::uuid[] IS NULL OR c.id = ANY($1))
         ON CONFLICT (word) DO NOTHING",
        ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
