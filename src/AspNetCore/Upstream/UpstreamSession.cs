using System.Text.Json;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>What is kept for one connection of an upstream hub: the number of its last event, its state, and what of it is still under way.</summary>
internal sealed class UpstreamSession
{
    private long _lastId;

    /// <summary>Opaque, the upstream's own; null = none. Changed only by answers, which come one after another.</summary>
    internal string? State { get; private set; }

    /// <summary>The telling of <c>connected</c>; never fails.</summary>
    internal Task Connected { get; set; } = Task.CompletedTask;

    /// <summary>The user event under way, or the last one; never fails.</summary>
    internal Task Current { get; set; } = Task.CompletedTask;

    /// <summary>An event failed, and the session ends for it.</summary>
    internal bool Failed { get; set; }

    /// <summary>What another node needs to go on: the numbers of events must not begin anew.</summary>
    internal string Save() => JsonSerializer.Serialize(new Saved(State, Interlocked.Read(ref _lastId)));

    internal static UpstreamSession Restore(string? saved)
    {
        if (saved is null) return new UpstreamSession();
        var known = JsonSerializer.Deserialize<Saved>(saved)!;
        return new UpstreamSession { State = known.State, _lastId = known.LastId };
    }

    internal long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>An answer without the header changes nothing; an empty one takes the state away.</summary>
    /// <returns>Whether the state is another now.</returns>
    internal bool Take(UpstreamReply reply)
    {
        var before = State;
        if (reply.State is { } state) State = state.Length == 0 ? null : state;
        return State != before;
    }

    private sealed record Saved(string? State, long LastId);
}
