namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>Which names an address holds; decoded, not judged.</summary>
/// <param name="Hub">As written.</param>
internal sealed record OperationTarget(string Hub)
{
    internal string? User { get; init; }

    internal string? Group { get; init; }

    internal string? Connection { get; init; }

    internal string? Permission { get; init; }
}

/// <summary>Which address and method are which operation.</summary>
internal static class OperationTable
{
    /// <summary>Segments before the operation: <c>api</c>, <c>hubs</c> and the hub.</summary>
    private const int Prefix = 3;

    private static readonly Entry[] Entries =
    [
        new("POST", ":send", Operation.SendToHub),
        new("POST", "users/{user}/:send", Operation.SendToUser),
        new("POST", "groups/{group}/:send", Operation.SendToGroup),
        new("POST", "connections/{connection}/:send", Operation.SendToConnection),
        new("HEAD", "connections/{connection}", Operation.ConnectionExists),
        new("HEAD", "users/{user}", Operation.UserExists),
        new("HEAD", "groups/{group}", Operation.GroupExists),
        new("DELETE", "connections/{connection}", Operation.CloseConnection),
        new("POST", ":closeConnections", Operation.CloseHub),
        new("POST", "users/{user}/:closeConnections", Operation.CloseUser),
        new("POST", "groups/{group}/:closeConnections", Operation.CloseGroup),
        new("PUT", "groups/{group}/connections/{connection}", Operation.AddConnectionToGroup),
        new("DELETE", "groups/{group}/connections/{connection}", Operation.RemoveConnectionFromGroup),
        new("GET", "groups/{group}/connections", Operation.ListGroup),
        new("PUT", "users/{user}/groups/{group}", Operation.AddUserToGroup),
        new("DELETE", "users/{user}/groups/{group}", Operation.RemoveUserFromGroup),
        new("DELETE", "users/{user}/groups", Operation.RemoveUserFromAllGroups),
        new("DELETE", "connections/{connection}/groups", Operation.RemoveConnectionFromAllGroups),
        new("POST", ":addToGroups", Operation.AddToGroups),
        new("POST", ":removeFromGroups", Operation.RemoveFromGroups),
        new("PUT", "permissions/{permission}/connections/{connection}", Operation.GrantPermission),
        new("DELETE", "permissions/{permission}/connections/{connection}", Operation.RevokePermission),
        new("HEAD", "permissions/{permission}/connections/{connection}", Operation.CheckPermission),
        new("POST", ":generateToken", Operation.GenerateToken),
        new("POST", "connections/{connection}/session", Operation.RenewSession),
    ];

    /// <param name="method">Case-sensitive (RFC 9110 section 9.1).</param>
    /// <param name="segments">Of the whole path, decoded.</param>
    /// <param name="operation">The operation, or null.</param>
    /// <param name="allowed">The methods that the address takes; empty for an address that is none of ours.</param>
    internal static OperationTarget? Find(string method, IReadOnlyList<string> segments, out Operation operation, out IReadOnlyList<string> allowed)
    {
        operation = default;
        List<string> methods = [];
        allowed = methods;
        if (segments.Count <= Prefix || !Is(segments[0], "api") || !Is(segments[1], "hubs")) return null;
        foreach (var entry in Entries)
        {
            if (!entry.Fits(segments)) continue;
            methods.Add(entry.Method);
            if (method != entry.Method) continue;
            operation = entry.Operation;
            return entry.Target(segments);
        }

        return null;
    }

    private static bool Is(string segment, string word) => segment.Equals(word, StringComparison.OrdinalIgnoreCase);

    private sealed class Entry(string method, string template, Operation operation)
    {
        private readonly string[] _parts = template.Split('/');

        internal string Method => method;

        internal Operation Operation => operation;

        internal bool Fits(IReadOnlyList<string> segments)
        {
            if (segments.Count != Prefix + _parts.Length) return false;
            for (var i = 0; i < _parts.Length; i++)
            {
                var (part, segment) = (_parts[i], segments[Prefix + i]);
                if (part[0] == '{' ? segment.Length == 0 : !Is(segment, part)) return false;
            }

            return true;
        }

        internal OperationTarget Target(IReadOnlyList<string> segments) => new(segments[Prefix - 1])
        {
            User = Named("{user}", segments),
            Group = Named("{group}", segments),
            Connection = Named("{connection}", segments),
            Permission = Named("{permission}", segments),
        };

        private string? Named(string name, IReadOnlyList<string> segments) =>
            Array.IndexOf(_parts, name) is >= 0 and var at ? segments[Prefix + at] : null;
    }
}
