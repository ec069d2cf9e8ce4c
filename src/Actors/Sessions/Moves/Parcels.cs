using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>A session may hold more than one message between nodes can: it is cut into parts, which come in order or not at all. Pure.</summary>
internal sealed class Parcels
{
    /// <summary>Far below the longest message between nodes, so that others get their turn in between.</summary>
    internal const int Size = 512 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _parts = [];

    /// <summary>At least one.</summary>
    internal static IEnumerable<Parcel> Of(string move, Cargo cargo, byte[] bytes)
    {
        var parts = Math.Max(1, (bytes.Length + Size - 1) / Size);
        for (var part = 0; part < parts; part++)
        {
            var from = part * Size;
            yield return new Parcel(move, cargo, part, part == parts - 1, bytes.AsMemory(from, Math.Min(Size, bytes.Length - from)));
        }
    }

    /// <summary>All of it when this was the last part; null before. A part that does not follow begins anew, or waits for one that does.</summary>
    internal byte[]? Add(Parcel parcel)
    {
        if (parcel.Part == 0) _parts.Clear();
        if (parcel.Part != _parts.Count) return null;
        _parts.Add(parcel.Bytes);
        if (!parcel.IsLast) return null;
        var whole = new byte[_parts.Sum(p => p.Length)];
        var at = 0;
        foreach (var part in _parts)
        {
            part.CopyTo(whole.AsMemory(at));
            at += part.Length;
        }

        _parts.Clear();
        return whole;
    }
}
