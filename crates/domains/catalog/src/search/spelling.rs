//! Corrects misspelled words to the nearest indexed words.

use database::Connection;

use super::terms;
use crate::error::CatalogError;

/// The most corrections tried for one word.
const NEIGHBOURS_MAX: usize = 4;

/// A typed word without accents, and the indexed words that it could be.
struct TypedWord {
    word: String,
    candidates: Vec<String>,
}

/// The query with each unknown word replaced by its nearest indexed
/// words. `None` if a word has no near one, or if all words are known.
pub(super) async fn corrected(connection: &mut Connection, words: &[String]) -> Result<Option<String>, CatalogError> {
    let typed = candidates(connection, words).await?;
    let choices: Vec<_> = typed.iter().map(|typed| nearest(&typed.word, &typed.candidates)).collect();
    let is_lost = choices.iter().any(Vec::is_empty);
    let is_known = typed.iter().zip(&choices).all(|(typed, chosen)| *chosen == [typed.word.as_str()]);
    Ok((!is_lost && !is_known).then(|| terms::query_of_choices(&choices)))
}

/// For each word, in order, the indexed words that it could be: similar by trigrams, or, for
/// words too short for that, of similar length and starting with one of its first two letters.
async fn candidates(connection: &mut Connection, words: &[String]) -> Result<Vec<TypedWord>, CatalogError> {
    let typed = sqlx::query_as!(
        TypedWord,
        r#"SELECT w.word AS "word!", array(
             (SELECT word FROM search_words WHERE word LIKE w.word || '%' ORDER BY word LIMIT 1)
             UNION (SELECT word FROM search_words WHERE word % w.word ORDER BY similarity(word, w.word) DESC, word LIMIT 20)
             UNION (SELECT word FROM search_words
                    WHERE length(w.word) BETWEEN 3 AND 6 AND left(word, 1) = ANY (ARRAY[left(w.word, 1), substr(w.word, 2, 1)])
                      AND length(word) = ANY (ARRAY[length(w.word) - 1, length(w.word), length(w.word) + 1]))) AS "candidates!"
           FROM (SELECT lower(unaccent(typed)) AS word, position
                 FROM unnest($1::text[]) WITH ORDINALITY AS given (typed, position)) AS w
           ORDER BY w.position"#,
        words
    );
    Ok(typed.fetch_all(connection).await?)
}

/// The candidates with the smallest distance, if it is small enough for a typo. A prefix of an indexed word counts as correct.
fn nearest(word: &str, candidates: &[String]) -> Vec<String> {
    if candidates.iter().any(|candidate| candidate.starts_with(word)) {
        return vec![word.to_owned()];
    }
    let allowed = match word.chars().count() {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut within: Vec<(usize, &String)> = candidates
        .iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    within.sort();
    let least = within.first().map_or(0, |(distance, _)| *distance);
    let chosen = within.into_iter().take_while(|(distance, _)| *distance == least).take(NEIGHBOURS_MAX);
    chosen.map(|(_, candidate)| candidate.clone()).collect()
}

/// The Damerau-Levenshtein distance (with adjacent swaps): the number of edits that turn one word into the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                let best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let is_swap = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                if is_swap { best.min(rows[i - 2][j - 2] + 1) } else { best }
            };
        }
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_count_one_each() {
        for (one, other, expected) in
            [("maya", "maya", 0), ("mya", "maya", 1), ("amya", "maya", 1), ("comdian", "comedian", 1), ("", "abc", 3)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn only_near_words_are_taken() {
        let known = ["maya", "mara", "comedian", "chef"].map(str::to_owned);
        assert_eq!(nearest("mya", &known), ["maya"]);
        assert_eq!(nearest("comdeian", &known), ["comedian"]);
        assert_eq!(nearest("com", &known), ["com"]);
        assert_eq!(nearest("maba", &known), ["mara", "maya"]);
        assert!(nearest("xyzzy", &known).is_empty());
    }
}
