//! Refusals are known by their codes, which programs rely on and people look up.

use std::collections::BTreeSet;

use callboard_core::RefusalCode;

#[test]
fn each_code_is_one_word_of_its_own_and_says_what_it_means() {
    let codes: BTreeSet<&str> = RefusalCode::ALL.iter().map(|code| code.code).collect();
    assert_eq!(codes.len(), RefusalCode::ALL.len());
    for code in RefusalCode::ALL {
        assert!(code.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", code.code);
        assert!(code.meaning.ends_with('.'), "{}", code.code);
    }
}
