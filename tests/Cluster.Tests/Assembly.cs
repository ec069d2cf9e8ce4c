// Each class has a cluster of its own and mostly waits for it; two at a time keep the processes on a small machine few.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
