// Timers and real sockets on few cores: tests that run side by side would make each other late.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
