using System.Buffers.Text;
using System.Text;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>Pages of a list. The cursor is opaque to the caller: what is in it may change with every release.</summary>
internal static class Paging
{
    internal const int DefaultLimit = 100;
    internal const int MaxLimit = 1000;

    /// <summary>One that has a place for each of a hundred nodes is about 3,000 characters long.</summary>
    private const int MaxCursor = 8192;

    internal static readonly QueryField Limit = new("limit", "Entries per page.", FieldKind.Number) { Default = "100", Minimum = 1, Maximum = MaxLimit };
    internal static readonly QueryField Cursor = new("cursor", "The cursor of the page before; without it the first page.");

    internal static int LimitOf(QueryReader query) => query.Number(Limit.Name, $"a number from 1 to {MaxLimit}", n => n is >= 1 and <= MaxLimit) ?? DefaultLimit;

    /// <param name="list">One letter for the list, so that a cursor of one is not taken for another.</param>
    internal static string? CursorFor(char list, string? next) =>
        next is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(list + next));

    /// <summary>What <see cref="CursorFor"/> was given; null without a cursor or with a bad one, which is a fault.</summary>
    internal static string? CursorOf(QueryReader query, char list)
    {
        if (query.Text(Cursor.Name) is not { } text) return null;
        if (text.Length <= MaxCursor && Base64Url.IsValid(text))
        {
            var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
            if (plain.Length > 1 && plain[0] == list) return plain[1..];
        }

        query.Faults.Add(Cursor.Name, "must be the cursor of an earlier answer of this call.");
        return null;
    }
}
