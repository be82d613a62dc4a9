#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| callboard_fuzz::launchpad_rest(data));
