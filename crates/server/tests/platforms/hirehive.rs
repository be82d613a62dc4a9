//! `/hirehive/v1.0` (platforms.md 1.6).
