using System.Text.Json;

namespace ActorSockets.Bench.Harness.Draining;

/// <summary>One client of a drain, as the load generator saw it. Times in milliseconds since the generator's drain mode began.</summary>
/// <param name="Code">Of the close frame it received; 0 = none.</param>
/// <param name="SlotMs">When it was to come back, after its close; 1000 where it was told nothing.</param>
/// <param name="GapMs">From its close to its next open connection; 0 = it never came back.</param>
/// <param name="Refusals">Attempts in between that failed.</param>
internal sealed record ClientRecord(int Client, int Code, double ClosedMs, double SlotMs, double GapMs, int Closes, int Refusals)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<ClientRecord> Read(string file) => [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<ClientRecord>(line, Json)!)];
}
