using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorSockets.Acceptance;

/// <summary>
/// Runs one file of <c>node/</c> against a gateway. A file is a suite for Node's own test runner; what it prints is shown when
/// something in it fails. It finds in its environment <c>ENDPOINT</c>, <c>ADMIN</c> and <c>ACCESS_KEY</c>.
/// </summary>
internal static partial class NodeScript
{
    /// <summary>The access key of the gateways that scripts talk to.</summary>
    internal const string AccessKey = "an-access-key-for-acceptance-tests-0123456789";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private static string Folder => Path.Combine(RunningApp.Repository, "tests", "Acceptance", "node");

    /// <summary>Starts a gateway with the key and an open hub <c>chat</c> that only delivers, runs the file, and expects all of it to pass.</summary>
    /// <param name="file">A file in <c>node/</c>.</param>
    /// <param name="environment">More for the script's environment.</param>
    /// <param name="settings">More settings of the gateway, without the section's name in front.</param>
    internal static async Task PassesAsync(string file, (string Name, string Value)[]? environment = null, params string[] settings)
    {
        SkipWithout("tests/Acceptance/node");
        string[] hub = [$"AccessKeys:0={AccessKey}", "Hubs:chat:Handler=none", .. settings];
        await using var gateway = await RunningApp.GatewayAsync([.. hub.Select(s => $"ActorSockets:{s}")]);
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--test-reporter=spec");

        // Clients keep timers of their own for a while after they were stopped.
        start.ArgumentList.Add("--test-force-exit");
        start.ArgumentList.Add(file);
        start.Environment["ENDPOINT"] = gateway.Public.ToString().TrimEnd('/');
        start.Environment["ADMIN"] = gateway.Admin.ToString().TrimEnd('/');
        start.Environment["ACCESS_KEY"] = AccessKey;
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;

        var (code, output) = await RunAsync(start);

        Assert.True(code == 0, $"{file} ended with {code}:\n{output}");
        Assert.True(TestsPassed().Match(output) is { Success: true } passed && passed.Groups[1].Value != "0", $"{file} tested nothing:\n{output}");
    }

    private static async Task<(int Code, string Output)> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Add($"not done within {Deadline.TotalSeconds} s");
            return (-1, output.ToString());
        }

        lock (output) return (process.ExitCode, output.ToString());

        void Add(string? line)
        {
            lock (output) output.AppendLine(line);
        }
    }

    /// <summary>Where something is missing the test is skipped, on the build server it fails.</summary>
    /// <param name="folder">In the repository, with a <c>package.json</c>.</param>
    internal static void SkipWithout(string folder)
    {
        var missing = !IsOnPath("node") ? "node" : !Directory.Exists(Path.Combine(RunningApp.Repository, folder, "node_modules")) ? $"npm packages: npm ci in {folder}" : null;
        if (missing is null) return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"The build server has no {missing}.");
        Skip.If(true, $"skipped: {missing}");
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, $"{program}.exe")));

    // "ℹ pass 12" of the reporter's summary.
    [GeneratedRegex(@"^\S+ pass (\d+)", RegexOptions.Multiline)]
    private static partial Regex TestsPassed();
}
