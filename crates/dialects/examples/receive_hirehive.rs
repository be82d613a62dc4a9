//! Verifies a captured webhook of HireHive and prints what it says.
use std::error::Error;
use std::{env, io};

use callboard_dialects::{Request, dialect};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let captured = io::read_to_string(io::stdin())?;
    let (head, body) = captured.split_once("\n\n").ok_or("no empty line after the headers")?;
    let headers: Vec<_> = head.lines().filter_map(|line| line.split_once(": ")).collect();
    let request = Request { headers: &headers, token: None, body: body.as_bytes() };

    let hirehive = dialect("hirehive").ok_or("no such dialect")?;
    let credentials = json!({"secret": env::var("SECRET")?});
    let authentic = hirehive.verifier(&credentials)?.verify(&request, env::var("RECEIVED_AT")?.parse()?)?;
    let reading = hirehive.parse(request.body)?;
    println!("{} {:?} {:#?}", reading.label, authentic.unique, reading.observations);
    Ok(())
}
