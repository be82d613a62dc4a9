//! The form of a feedback: questions with their answers (platforms.md 1.5.5). Callboard has words for what was said in
//! words and for the ratings; the form itself is kept, and goes out again as long as it says what is known.

use callboard_core::{Answer, Feedback, Rating, Score};
use serde::Serialize;
use serde_json::Value;

use super::object::{self, PLAIN, Shape};

const ANSWER: Shape = Shape(&[
    ("question_id", PLAIN),
    ("text", PLAIN),
    ("ratings", Shape(&[("option_id", PLAIN), ("rating", PLAIN)])),
    ("selected_options", PLAIN),
    ("selected_option", PLAIN),
]);
const QUESTION: Shape = Shape(&[
    ("id", PLAIN),
    ("type", PLAIN),
    ("question", PLAIN),
    ("description", PLAIN),
    ("required", PLAIN),
    ("restricted", PLAIN),
    ("display_order", PLAIN),
    ("options", Shape(&[("id", PLAIN), ("label", PLAIN), ("description", PLAIN)])),
    ("answer", ANSWER),
]);

/// What a reviewer said by filling in a form.
#[derive(PartialEq)]
pub(super) struct Said {
    /// Every line of every scorecard.
    pub ratings: Vec<Rating>,
    /// Every answer in words.
    pub answers: Vec<Answer>,
}

impl Said {
    /// Reads the answers of these questions. A rating that is no whole number is none.
    pub fn by(questions: &[Value]) -> Self {
        let mut said = Self { ratings: Vec::new(), answers: Vec::new() };
        for question in questions {
            let answer = &question["answer"];
            let question_id = answer["question_id"].as_str().or(question["id"].as_str()).unwrap_or_default();
            if let Some(text) = answer["text"].as_str().filter(|text| !text.is_empty()) {
                said.answers.push(Answer { question_id: question_id.to_owned(), text: text.to_owned() });
            }
            for rating in answer["ratings"].as_array().into_iter().flatten() {
                if let Some(points) = rating["rating"].as_i64() {
                    let option_id = rating["option_id"].as_str().unwrap_or_default().to_owned();
                    said.ratings.push(Rating { option_id, rating: points });
                }
            }
        }
        said
    }

    /// The sum of the ratings, if there are any.
    pub fn score(&self) -> Option<Score> {
        (!self.ratings.is_empty()).then(|| total(&self.ratings))
    }

    /// The answers, one a line.
    pub fn comment(&self) -> Option<String> {
        (!self.answers.is_empty()).then(|| text(&self.answers))
    }

    fn is_all_of(&self, feedback: &Feedback) -> bool {
        self.ratings == feedback.ratings.as_deref().unwrap_or_default()
            && self.answers == feedback.answers.as_deref().unwrap_or_default()
            && self.score() == feedback.score
            && self.comment() == feedback.comment
    }
}

/// Is this member of any answer there, be it empty? `null` says nothing.
pub(super) fn has(questions: &[Value], member: &str) -> bool {
    questions.iter().any(|question| !question["answer"][member].is_null())
}

fn total(ratings: &[Rating]) -> Score {
    Score::total(ratings.iter().map(|rating| Score::from_points(rating.rating)))
}

fn text(answers: &[Answer]) -> String {
    let lines: Vec<_> = answers.iter().map(|answer| answer.text.as_str()).collect();
    lines.join("\n")
}

/// Writes the form that was kept, if it says what is known; else one that does.
pub(super) fn write(out: &mut Vec<u8>, kept: Option<&Vec<Value>>, feedback: &Feedback) {
    match kept {
        Some(questions) if Said::by(questions).is_all_of(feedback) => {
            out.push(b'[');
            for (number, question) in questions.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                object::shaped(out, question, QUESTION);
            }
            out.push(b']');
        }
        _ => {
            let ratings = ratings(feedback);
            let answers = answers(feedback);
            serde_json::to_writer(out, &form(&ratings, &answers)).expect("texts and numbers are JSON");
        }
    }
}

/// The ratings that add up to the score: those given, or else the score as the one rating.
fn ratings(feedback: &Feedback) -> Vec<Rating> {
    let given = feedback.ratings.as_deref().unwrap_or_default();
    match feedback.score {
        Some(score) if given.is_empty() || total(given) != score => {
            vec![Rating { option_id: "score".to_owned(), rating: whole_points(score) }]
        }
        _ => given.to_vec(),
    }
}

/// The answers that make up the comment: those given, or else the comment as the one answer.
fn answers(feedback: &Feedback) -> Vec<Answer> {
    let given = feedback.answers.as_deref().unwrap_or_default();
    match &feedback.comment {
        Some(comment) if given.is_empty() || text(given) != *comment => {
            vec![Answer { question_id: "comment".to_owned(), text: comment.clone() }]
        }
        _ => given.to_vec(),
    }
}

/// A rating is a whole number, so a score is rounded to one.
#[expect(clippy::cast_possible_truncation, reason = "a score lies within a billion points either way")]
fn whole_points(score: Score) -> i64 {
    score.as_f64().round() as i64
}

/// A scorecard with these ratings, and a text area for each answer.
fn form<'a>(ratings: &'a [Rating], answers: &'a [Answer]) -> Vec<Asked<'a>> {
    let scorecard = (!ratings.is_empty()).then(|| Asked {
        id: "scorecard",
        r#type: "scorecard",
        question: "Score",
        options: ratings.iter().map(|it| Choice::called(&it.option_id)).collect(),
        answer: Filled { question_id: "scorecard", ratings, ..Filled::default() },
        ..Asked::default()
    });
    let texts = answers.iter().map(|answer| Asked {
        id: &answer.question_id,
        r#type: "text_area",
        question: "Comment",
        answer: Filled { question_id: &answer.question_id, text: Some(&answer.text), ..Filled::default() },
        ..Asked::default()
    });
    let in_order = |(display_order, question)| Asked { display_order, ..question };
    (0..).zip(scorecard.into_iter().chain(texts)).map(in_order).collect()
}

#[derive(Default, Serialize)]
struct Asked<'a> {
    id: &'a str,
    r#type: &'a str,
    question: &'a str,
    description: Option<&'a str>,
    required: bool,
    restricted: bool,
    display_order: u32,
    options: Vec<Choice<'a>>,
    answer: Filled<'a>,
}

#[derive(Serialize)]
struct Choice<'a> {
    id: &'a str,
    label: &'a str,
    description: Option<&'a str>,
}

impl<'a> Choice<'a> {
    fn called(name: &'a str) -> Self {
        Self { id: name, label: name, description: None }
    }
}

#[derive(Default, Serialize)]
struct Filled<'a> {
    question_id: &'a str,
    text: Option<&'a str>,
    ratings: &'a [Rating],
    selected_options: [&'a str; 0],
    selected_option: Option<&'a str>,
}
