//! Fuzzes the reader of GDELT 2.0 events.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::gdelt2(bytes));
