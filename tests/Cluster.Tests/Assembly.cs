// Each test starts several gateways on two cores: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
