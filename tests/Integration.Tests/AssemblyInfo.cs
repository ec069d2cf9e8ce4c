// Two cores and whole gateways: side by side they would only make each other's waits longer.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
