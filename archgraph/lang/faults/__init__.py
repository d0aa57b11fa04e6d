"""The faults that reading, decoding and building a spec can find, each with its page for `explain`."""
