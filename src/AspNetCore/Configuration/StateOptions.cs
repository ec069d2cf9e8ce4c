namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:State</c>.</summary>
public sealed record StateOptions
{
    /// <summary><c>Path</c>: directory of bans, revocations and settings made through the API; relative to the content root.</summary>
    public string Path { get; init; } = "state";

    /// <summary>The absolute directory.</summary>
    internal string Directory(string contentRoot) => System.IO.Path.GetFullPath(Path, contentRoot);
}
