using System.Diagnostics;
using System.Text.Json;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Load;

/// <summary>Runs <c>wsload</c> against a server.</summary>
internal sealed class LoadGenerator(Layout layout, HarnessOptions options, Children children)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs a mode to its end. A result with failures in it is a fault: it would compare different work.</summary>
    public async Task<LoadLine> Run(RunningServer server, string mode, TimeSpan limit, params IReadOnlyList<string> arguments)
    {
        var result = await Try(server, mode, limit, arguments);
        return result.Fault is null ? result : throw new HarnessFault($"{server.Kind.Name}: {result.Fault}");
    }

    /// <summary>As <see cref="Run"/>, for runs in which failures are part of the result.</summary>
    public async Task<LoadLine> Try(RunningServer server, string mode, TimeSpan limit, params IReadOnlyList<string> arguments)
    {
        var process = Start(server, mode, arguments);
        try
        {
            using var bound = new CancellationTokenSource(limit + TimeSpan.FromMinutes(2));
            LoadLine? last = null;
            while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line) last = Parse(line);
            return last is { Event: "result" } ? last : throw new HarnessFault($"{server.Kind.Name}: {mode} gave no result: {last?.Failure}");
        }
        catch (OperationCanceledException)
        {
            throw new HarnessFault($"{server.Kind.Name}: {mode} did not end in time");
        }
        finally
        {
            children.End(process);
        }
    }

    /// <summary>Opens connections and holds them until the result is disposed.</summary>
    public Task<HeldConnections> Hold(RunningServer server, params IReadOnlyList<string> arguments) => Hold(server, arguments, CancellationToken.None);

    /// <inheritdoc cref="Hold(RunningServer, IReadOnlyList{string})"/>
    public async Task<HeldConnections> Hold(RunningServer server, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var process = Start(server, "idle", ["--seconds", "0", "--until-eof", .. arguments]);
        string? line;
        try
        {
            line = await process.StandardOutput.ReadLineAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            children.End(process);
            throw;
        }

        var held = new HeldConnections(process, line is null ? new LoadLine() : Parse(line), children);
        if (held.Ready.Opened == held.Ready.Connections && held.Ready.Opened > 0) return held;
        await held.DisposeAsync();
        throw new HarnessFault($"{server.Kind.Name}: {held.Ready.Opened} of {held.Ready.Connections} connections opened; {held.Ready.Fault}");
    }

    private Process Start(RunningServer server, string mode, IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo("taskset",
            ["-c", options.GeneratorCores, layout.Generator, "--mode", mode, "--port", $"{server.Port}", "--server-pid", $"{server.ProcessId}", .. server.Kind.Dialect, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        return children.Start(info);
    }

    public static LoadLine Parse(string line) => JsonSerializer.Deserialize<LoadLine>(line, Json) ?? throw new HarnessFault($"not a result: {line}");
}
