using System.Diagnostics;
using ActorSockets.Crowd;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>Many clients in a process of their own.</summary>
internal sealed class CrowdProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private CrowdProcess(Process process) => _process = process;

    /// <param name="port">Of the gateway.</param>
    /// <param name="members">How many.</param>
    /// <param name="manner">That of all of them; null = every manner.</param>
    /// <param name="hub">Where all of them go; null = by their manner.</param>
    public static CrowdProcess Start(int port, int members, Manner? manner = null, string? hub = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(Manner).Assembly.Location);
        start.ArgumentList.Add($"{port}");
        start.ArgumentList.Add($"{members}");
        if (manner is not null) start.ArgumentList.Add($"{manner}");
        if (hub is not null) start.ArgumentList.Add(hub);
        return new CrowdProcess(Process.Start(start)!);
    }

    /// <summary>Waits until all have come; the answer says how many did.</summary>
    public Task<string> ComeAsync() => LineAsync();

    /// <summary>All leave at once.</summary>
    public void Leave() => _process.StandardInput.WriteLine("leave");

    /// <summary>What each kind saw last, once all have left.</summary>
    public async Task<Dictionary<(Manner Manner, string Saw), int>> PartingsAsync()
    {
        var partings = new Dictionary<(Manner, string), int>();
        while (await LineAsync() is not "gone" and var line)
        {
            var words = line.Split(' ');
            partings.Add((Enum.Parse<Manner>(words[1]), string.Join(' ', words[2..^1])), int.Parse(words[^1], System.Globalization.CultureInfo.InvariantCulture));
        }

        return partings;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task<string> LineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The crowd ended early.");
    }
}
