//! Verifies a captured webhook of Skype Interviews and prints what it says.
use std::error::Error;
use std::{env, io};

use callboard_dialects::{Request, dialect};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let captured = io::read_to_string(io::stdin())?;
    let (head, body) = captured.split_once("\n\n").ok_or("no empty line after the headers")?;
    let headers: Vec<_> = head.lines().filter_map(|line| line.split_once(": ")).collect();
    let request = Request { headers: &headers, token: None, body: body.as_bytes() };

    let skype = dialect("skype").ok_or("no such dialect")?;
    let credentials = json!({"api_key": env::var("API_KEY")?, "api_secret": env::var("API_SECRET")?});
    let authentic = skype.verifier(&credentials)?.verify(&request, env::var("RECEIVED_AT")?.parse()?)?;
    let reading = skype.parse(request.body)?;
    println!("{} {:?} {:#?}", reading.label, authentic.unique, reading.observations);
    Ok(())
}
