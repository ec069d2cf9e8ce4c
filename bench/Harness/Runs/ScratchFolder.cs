namespace ActorSockets.Bench.Harness.Runs;

/// <summary>A folder for what a measured gateway persists; gone after the run.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("actorsockets-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
