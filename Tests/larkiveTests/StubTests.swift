import Testing

@Test func `the suite runs`() {}
