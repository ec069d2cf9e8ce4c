using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Micro -- --filter '*CloseText*'      (no arguments: asks which)
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
