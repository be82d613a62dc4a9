//! The people and the jobs. None of them exists.

use super::teller::Teller;

/// Given names, as written and as in an e-mail address.
const GIVEN: [(&str, &str); 28] = [
    ("Harriet", "harriet"),
    ("Amara", "amara"),
    ("Björn", "bjoern"),
    ("Chidi", "chidi"),
    ("Dalia", "dalia"),
    ("Emre", "emre"),
    ("Freya", "freya"),
    ("Gideon", "gideon"),
    ("Hanako", "hanako"),
    ("Imran", "imran"),
    ("Jelena", "jelena"),
    ("Kofi", "kofi"),
    ("Łucja", "lucja"),
    ("Mateo", "mateo"),
    ("Nadia", "nadia"),
    ("Oisín", "oisin"),
    ("Priya", "priya"),
    ("Quentin", "quentin"),
    ("Rosa", "rosa"),
    ("Søren", "soeren"),
    ("Tuuli", "tuuli"),
    ("Uma", "uma"),
    ("Viktor", "viktor"),
    ("Wren", "wren"),
    ("Ximena", "ximena"),
    ("Yusuf", "yusuf"),
    ("Zoë", "zoe"),
    ("美咲", "misaki"),
];

/// Family names, in the same way.
const FAMILY: [(&str, &str); 24] = [
    ("Potts", "potts"),
    ("Abernathy", "abernathy"),
    ("Bellweather", "bellweather"),
    ("Castellano", "castellano"),
    ("Dubois", "dubois"),
    ("Eriksdóttir", "eriksdottir"),
    ("Farrow", "farrow"),
    ("Grünwald", "gruenwald"),
    ("Halloran", "halloran"),
    ("Ibekwe", "ibekwe"),
    ("Juniper", "juniper"),
    ("Kowalczyk", "kowalczyk"),
    ("Lindqvist", "lindqvist"),
    ("Marlowe", "marlowe"),
    ("Núñez", "nunez"),
    ("O'Shea", "oshea"),
    ("Pemberton", "pemberton"),
    ("Quillfeather", "quillfeather"),
    ("Rahman", "rahman"),
    ("Saltzman", "saltzman"),
    ("Tanaka", "tanaka"),
    ("Underwood", "underwood"),
    ("Verma", "verma"),
    ("Winterbourne", "winterbourne"),
];

/// The company's own people: recruiters, interviewers, reviewers.
pub(super) const STAFF: [Colleague; 8] = [
    Colleague { number: 11, name: "Maya Okafor", email: "maya.okafor@example.com" },
    Colleague { number: 12, name: "Tobias Brandt", email: "tobias.brandt@example.com" },
    Colleague { number: 13, name: "Leïla Haddad", email: "leila.haddad@example.com" },
    Colleague { number: 14, name: "Angus McAllister", email: "angus.mcallister@example.com" },
    Colleague { number: 15, name: "Sunita Rao", email: "sunita.rao@example.com" },
    Colleague { number: 16, name: "Pavel Novotný", email: "pavel.novotny@example.com" },
    Colleague { number: 17, name: "Grace Whitlock", email: "grace.whitlock@example.com" },
    Colleague { number: 18, name: "Diego Fuentes", email: "diego.fuentes@example.com" },
];

/// What people are interviewed for.
const JOBS: [&str; 16] = [
    "Stage Manager",
    "Lighting Designer",
    "Rust Engineer",
    "Night Nurse",
    "Pastry Chef",
    "Data Analyst",
    "Prop Maker",
    "Train Driver",
    "Bicycle Mechanic",
    "Product Manager",
    "Sound Engineer",
    "Marine Biologist",
    "Primary Teacher",
    "Tram Conductor",
    "Head Gardener",
    "Translator, Welsh & Breton",
];

/// What reviewers say.
const COMMENTS: [&str; 10] = [
    "Clear, calm and well prepared.",
    "Knows the craft; asked the best questions of the day.",
    "Strong on practice, a little thin on theory.",
    "Would be glad to work with them tomorrow.",
    "Needs a senior colleague beside them for the first months.",
    "Explained a failure honestly, and what came of it.",
    "\"It depends\" – and then said on what. Good.",
    "Good answers, though the line was poor in places.",
    "Très convaincant, surtout la dernière réponse.",
    "Not sure about the notice period, otherwise a yes.",
];

/// Someone who works for the company.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colleague {
    pub number: u32,
    pub name: &'static str,
    pub email: &'static str,
}

/// Someone who applies.
#[derive(Debug, Clone)]
pub(super) struct Applicant {
    pub first_name: &'static str,
    pub last_name: &'static str,
    /// No two stories share one: it is by e-mail that people are told apart.
    pub email: String,
}

impl Applicant {
    pub fn cast(teller: &mut Teller) -> Self {
        let (first_name, given) = teller.pick(&GIVEN);
        let (last_name, family) = teller.pick(&FAMILY);
        let email = format!("{given}.{family}.{}@example.org", teller.hex(12));
        Self { first_name, last_name, email }
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

pub(super) fn job_title(teller: &mut Teller) -> &'static str {
    teller.pick(&JOBS)
}

pub(super) fn comment(teller: &mut Teller) -> &'static str {
    teller.pick(&COMMENTS)
}

/// So many different colleagues.
pub(super) fn panel(teller: &mut Teller, count: usize) -> Vec<Colleague> {
    teller.pick_several(&STAFF, count)
}
