namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary>The files that no project builds.</summary>
internal static class Repository
{
    /// <summary>Their directory.</summary>
    internal static string Root { get; } = Find();

    internal static string Text(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ActorSockets.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
