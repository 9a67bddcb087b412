"""What a catalogue is made of, free of I/O: numbers, dates, vocabularies, disclosure, validity, relations, organisations."""
