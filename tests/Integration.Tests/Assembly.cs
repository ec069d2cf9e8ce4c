// Real sockets and real clocks on two cores: one class at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
