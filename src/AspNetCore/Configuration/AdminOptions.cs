namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:Admin</c>.</summary>
public sealed record AdminOptions
{
    /// <summary><c>Keys:{name}</c>: admin keys by name; the name goes to the log. Without keys the admin endpoints must be on loopback.</summary>
    [NamedEntries("name")]
    public IReadOnlyDictionary<string, AdminKeyOptions> Keys { get; init; } = new Dictionary<string, AdminKeyOptions>();
}

/// <summary>Section <c>ActorSockets:Admin:Keys:{name}</c>.</summary>
public sealed record AdminKeyOptions
{
    /// <summary><c>Key</c>: the bearer key, 32 bytes or more. Required.</summary>
    [Secret]
    public string? Key { get; init; }

    /// <summary><c>Access</c>: what its bearer may do.</summary>
    public AdminAccess Access { get; init; } = AdminAccess.Read;

    // The compiler's text would carry the key into whatever log or exception prints this record.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Access = ").Append(Access);
        return true;
    }
}

/// <summary>What the bearer of an admin key may do.</summary>
public enum AdminAccess
{
    /// <summary>Look only.</summary>
    Read,

    /// <summary>Look and change.</summary>
    Operate,
}
