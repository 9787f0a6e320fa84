//! Fuzzes the reader of GDELT 1.0 events.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::gdelt1(bytes));
