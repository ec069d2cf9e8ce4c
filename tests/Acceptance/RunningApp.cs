using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace ActorSockets.Acceptance;

/// <summary>An application of this repository as a process of its own, on ports that the system chose.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _state;

    private RunningApp(Process process, DirectoryInfo state, Uri publicAddress, Uri adminAddress) =>
        (_process, _state, Public, Admin) = (process, state, publicAddress, adminAddress);

    internal static string Repository => Path.GetFullPath(Metadata("Repository"));

    internal static string Configuration => Metadata("Configuration");

    internal Uri Public { get; }

    internal Uri Admin { get; }

    internal static Task<RunningApp> GatewayAsync(params string[] settings) => StartAsync("src/Gateway", "ActorSockets.Gateway", settings);

    internal static Task<RunningApp> ChatAsync(params string[] settings) => StartAsync("samples/Chat", "Chat", settings);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _state.Delete(recursive: true);
    }

    private static async Task<RunningApp> StartAsync(string project, string assembly, string[] settings)
    {
        var state = Directory.CreateTempSubdirectory("actorsockets-acceptance-");
        var folder = Path.Combine(Repository, project);
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(folder, "bin", Metadata("Configuration"), "net10.0", $"{assembly}.dll"));
        foreach (var setting in settings.Concat(
            [
                "Kestrel:Endpoints:Public:Url=http://127.0.0.1:0", "Kestrel:Endpoints:Admin:Url=http://127.0.0.1:0",
                "Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", $"ActorSockets:State:Path={state.FullName}",
            ]))
            start.ArgumentList.Add($"--{setting}");
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";

        var process = Process.Start(start)!;
        var output = new StringBuilder();
        using var deadline = new CancellationTokenSource(StartDeadline);
        var addresses = await AddressesAsync(process, output, deadline.Token);
        var kinds = await Task.WhenAll(addresses.Select(IsAdminAsync));
        return new RunningApp(process, state, addresses[Array.IndexOf(kinds, false)], addresses[Array.IndexOf(kinds, true)]);
    }

    private static async Task<List<Uri>> AddressesAsync(Process process, StringBuilder output, CancellationToken deadline)
    {
        var both = new TaskCompletionSource<List<Uri>>(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Uri> addresses = [];
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await using var stop = deadline.Register(() => both.TrySetException(new TimeoutException($"The application did not start:\n{Everything()}")));
        return await both.Task;

        void Read(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
                if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at) addresses.Add(new Uri(line[(at + Listening.Length)..]));
                if (addresses.Count == 2) both.TrySetResult(addresses);
                if (line is null && addresses.Count < 2) both.TrySetException(new InvalidOperationException($"The application ended:\n{output}"));
            }
        }

        string Everything()
        {
            lock (output) return output.ToString();
        }
    }

    // Only the admin listener has health checks.
    private static async Task<bool> IsAdminAsync(Uri address)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(address, "/healthz/live"));
        return answer.IsSuccessStatusCode;
    }

    private static string Metadata(string key) =>
        typeof(RunningApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == key).Value!;
}
